using System.Net.Sockets;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>An instance could not be reached: nothing of the request was sent.</summary>
internal sealed class ConnectFailedException : IOException
{
    public ConnectFailedException(ConnectFailure failure, Exception? cause)
        : base(failure.ToString(), cause)
    {
        Failure = failure;
    }

    /// <summary>Why.</summary>
    public ConnectFailure Failure { get; }

    /// <summary>Finds it within what the HTTP client throws around it.</summary>
    public static ConnectFailedException? In(Exception? error)
    {
        while (error is not null and not ConnectFailedException)
        {
            error = error.InnerException;
        }

        return (ConnectFailedException?)error;
    }

    /// <summary>The reason that a socket error gives.</summary>
    public static ConnectFailure Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => ConnectFailure.Refused,
        SocketError.TimedOut => ConnectFailure.Timeout,
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => ConnectFailure.NameUnknown,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => ConnectFailure.Unreachable,
        SocketError.TooManyOpenSockets or SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.NoBufferSpaceAvailable => ConnectFailure.OutOfSockets,
        _ => ConnectFailure.Other,
    };
}

/// <summary>Why an instance could not be reached.</summary>
internal enum ConnectFailure
{
    /// <summary>It refuses.</summary>
    Refused,

    /// <summary>It did not answer within the policy's connect timeout.</summary>
    Timeout,

    /// <summary>Its name means nothing.</summary>
    NameUnknown,

    /// <summary>No way to it.</summary>
    Unreachable,

    /// <summary>This process or machine has no socket or port left.</summary>
    OutOfSockets,

    /// <summary>It broke the handshake off, or does not believe us.</summary>
    Handshake,

    /// <summary>It is not who was meant, or not believed.</summary>
    PeerNotBelieved,

    /// <summary>There is no valid certificate here in whose name to connect.</summary>
    NoCertificate,

    /// <summary>The registry leads to an address that this node never dials.</summary>
    AddressRefused,

    /// <summary>Something else.</summary>
    Other,
}
