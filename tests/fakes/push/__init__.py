"""A strict fake of a browser's push service: real HTTPS, RFC 8030, 8188, 8291 and 8292, refusals on purpose.

```python
with FakePush() as fake:
    browser = fake.browser(public_key)      # what a browser gets from subscribe({applicationServerKey})
    ...                                     # hand browser.endpoint, .p256dh and .auth over; trust fake.trusted
    assert browser.read == [{...}]          # decrypted with the browser's own key
    assert fake.violations == []
```
"""

from tests.fakes.push.fake import FakeBrowser, FakePush

__all__ = ["FakeBrowser", "FakePush"]
