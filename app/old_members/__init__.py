"""Old members come in (老会员导入): one CSV file, in batches that may stop and go on."""

from app.old_members.taking import Taken, take_members

__all__ = ["Taken", "take_members"]
