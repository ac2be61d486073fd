"""What runs in the assistant's environment: training, serving, and the components that understand messages."""
