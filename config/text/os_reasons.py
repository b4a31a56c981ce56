"""Says in Chinese why the operating system refused something."""

import errno

_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "只能读,不能写",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EFBIG: "文件太大,系统不让写",
    errno.ENOENT: "没有这个文件或目录",
    errno.ENOTDIR: "路径中间有一段不是目录",
    errno.EISDIR: "这是一个目录",
    errno.EEXIST: "已经有同名的文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EBUSY: "正被别的程序占用",
    errno.EIO: "磁盘读写出错",
    errno.ELOOP: "快捷链接绕成了圈",
    errno.EXDEV: "不在同一个磁盘上",
    errno.ENOMEM: "内存不够",
    errno.ECONNREFUSED: "端口没有开",
    errno.ECONNRESET: "连接被断开",
    errno.ECONNABORTED: "连接被断开",
    errno.EPIPE: "连接被断开",
    errno.ENETUNREACH: "没有网络",
    errno.ENETDOWN: "没有网络",
    errno.EHOSTUNREACH: "网络到不了那里",
    errno.EADDRNOTAVAIL: "地址不能用",
    errno.ETIMEDOUT: "超时没有回应",
}


def reason_of(error: OSError) -> str:
    """Returns the reason in a few words; the system's own where it has no Chinese here."""
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
