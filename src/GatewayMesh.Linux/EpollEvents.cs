namespace GatewayMesh.Linux;

/// <summary>Requested and returned events of a descriptor in an <see cref="Epoll"/> (epoll_ctl(2)).</summary>
[Flags]
public enum EpollEvents : uint
{
    /// <summary>No event.</summary>
    None = 0,

    /// <summary>Readable, or acceptable (<c>EPOLLIN</c>).</summary>
    Input = 1,

    /// <summary>Writable, or connected (<c>EPOLLOUT</c>).</summary>
    Output = 4,

    /// <summary>In error (<c>EPOLLERR</c>). Always returned.</summary>
    Error = 8,

    /// <summary>Ended in both directions (<c>EPOLLHUP</c>). Always returned.</summary>
    HungUp = 0x10,

    /// <summary>The peer has ended its direction (<c>EPOLLRDHUP</c>). Data may be unread.</summary>
    PeerEnded = 0x2000,

    /// <summary>A single one of several waiting threads is woken (<c>EPOLLEXCLUSIVE</c>).</summary>
    Exclusive = 1u << 28,

    /// <summary>Only changes are returned (<c>EPOLLET</c>).</summary>
    EdgeTriggered = 1u << 31,
}
