"""What was done, in words."""

from __future__ import annotations

WORDS = {
    "register": "Registered",
    "login": "Logged in",
    "login.failed": "Wrong password",
    "logout": "Logged out",
    "profile": "Profile changed",
    "password.forgot": "Link for a new password asked",
    "password.reset": "New password set by a link",
    "password.change": "Password changed",
    "email.verify": "Address confirmed",
    "email.ask": "Another address asked",
    "email.change": "Address changed",
    "account.delete": "Account deleted",
    "session.end": "Session logged out",
    "session.end-others": "Logged out everywhere else",
    "token.make": "Token made",
    "token.revoke": "Token revoked",
    "job.retry": "Video tried again",
    "job.replay": "Video tried again by an administrator",
    "job.cancel": "Video cancelled",
    "job.approve": "Script approved",
    "job.edit": "Video edited",
    "job.delete": "Video deleted",
    "job.share": "Video shared",
    "job.unshare": "Link to a video withdrawn",
    "user.block": "Blocked",
    "user.unblock": "Let in again",
    "user.role": "Role changed",
    "user.quota": "Quota changed",
    "code.make": "Access code made",
    "code.withdraw": "Access code withdrawn",
}
"""Names in the audit log, for people."""
