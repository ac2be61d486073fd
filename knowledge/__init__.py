"""The knowledge base: what each territory offers to newcomers, in Open Referral's HSDS 3.0 terms."""
