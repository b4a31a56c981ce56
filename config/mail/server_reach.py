"""Finds out why a mail server cannot be reached: no network, an unknown host, or a port with another protocol."""

import socket
import ssl

from config.mail.mail_services import is_known_host, suggest_host

GREETING_SECONDS = 3.0
"""The seconds to wait for a greeting: a server sends it much sooner, and one that waits for TLS never does."""


def is_network_missing(host: str, error: OSError | UnicodeError) -> bool:
    """Returns whether a host was not found because this machine is offline.

    Without a network some resolvers say "try again" and some "no such host"; the hosts of known services do exist.
    """
    return isinstance(error, socket.gaierror) and (error.errno == socket.EAI_AGAIN or is_known_host(host))


def describe_unknown_host(
    host: str, username: str | None, error: OSError | UnicodeError, section: str
) -> str:
    """Returns one Chinese sentence for a host that has no address."""
    if is_network_missing(host, error):
        return f"这台电脑没有连上网(查不到 {host}):请检查网线、无线网和DNS,浏览器能打开网页后再试"
    likely = suggest_host(host, username or "", section)
    if likely is not None:
        return f'没有 {host} 这个服务器:请把 {section} 的 host 改成 "{likely}"'
    return f"没有 {host} 这个服务器:请照邮箱的帮助页改正 {section} 的 host"


def describe_tls_only(port: int, section: str) -> str:
    """Returns one Chinese sentence for a port that expects TLS from the first byte."""
    return f'{port}端口只接受加密连接:请把 {section} 的 security 改成 "tls"'


def speaks_tls_first(host: str, port: int, seconds: float = GREETING_SECONDS) -> bool:
    """Returns whether a server sends nothing before a TLS handshake; False also where it cannot be reached."""
    try:
        with socket.create_connection((host, port), seconds) as plain:
            try:
                if plain.recv(1):
                    return False
            except TimeoutError:
                pass  # a server that expects TLS sends nothing first
        with socket.create_connection((host, port), seconds) as plain:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent over it
            with context.wrap_socket(plain):
                return True
    except (OSError, UnicodeError):
        return False
