using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>An instance was unreachable: nothing of the request was sent.</summary>
internal sealed class ConnectFailedException : IOException
{
    public ConnectFailedException(ConnectFailure failure, Exception? cause)
        : base(failure.ToString(), cause)
    {
        Failure = failure;
    }

    /// <summary>Cause of the failure.</summary>
    public ConnectFailure Failure { get; }

    /// <summary>Finds this exception among the causes of an HTTP client exception.</summary>
    public static ConnectFailedException? In(Exception? error)
    {
        while (error is not null and not ConnectFailedException)
        {
            error = error.InnerException;
        }

        return (ConnectFailedException?)error;
    }

    /// <summary>Returns the failure for a failed system call (<c>errno(3)</c>).</summary>
    public static ConnectFailure Of(LinuxException error) => error.Errno switch
    {
        104 or 111 => ConnectFailure.Refused, // ECONNRESET, ECONNREFUSED
        110 => ConnectFailure.Timeout,
        100 or 101 or 112 or 113 => ConnectFailure.Unreachable, // ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH
        23 or 24 or 98 or 99 or 105 => ConnectFailure.OutOfSockets, // ENFILE, EMFILE, EADDRINUSE, EADDRNOTAVAIL, ENOBUFS
        _ => ConnectFailure.Other,
    };

    /// <summary>Returns the failure for a socket error.</summary>
    public static ConnectFailure Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => ConnectFailure.Refused,
        SocketError.TimedOut => ConnectFailure.Timeout,
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => ConnectFailure.NameUnknown,
        SocketError.HostUnreachable
            or SocketError.NetworkUnreachable
            or SocketError.HostDown
            or SocketError.NetworkDown => ConnectFailure.Unreachable,
        SocketError.TooManyOpenSockets
            or SocketError.AddressAlreadyInUse
            or SocketError.AddressNotAvailable
            or SocketError.NoBufferSpaceAvailable => ConnectFailure.OutOfSockets,
        _ => ConnectFailure.Other,
    };
}

/// <summary>Causes of failed connections to an instance.</summary>
internal enum ConnectFailure
{
    /// <summary>The instance refused the connection.</summary>
    Refused,

    /// <summary>The instance did not accept within the policy's connect timeout.</summary>
    Timeout,

    /// <summary>The name of the instance cannot be resolved.</summary>
    NameUnknown,

    /// <summary>No route to the instance.</summary>
    Unreachable,

    /// <summary>This process or machine has run out of sockets or ports.</summary>
    OutOfSockets,

    /// <summary>The instance broke off the handshake, or does not trust our certificate.</summary>
    Handshake,

    /// <summary>The certificate of the instance is for another service, or not trusted.</summary>
    PeerNotBelieved,

    /// <summary>This process has no valid certificate for the caller.</summary>
    NoCertificate,

    /// <summary>The registry names an address that this node must not dial.</summary>
    AddressRefused,

    /// <summary>Another cause.</summary>
    Other,
}
