namespace GatewayMesh.Proxy.Errors;

/// <summary>Why the mesh could not do what a request asked. Each has one row in <see cref="ErrorTable"/>; its reason is the metric tag and the log word.</summary>
public enum MeshErrorKind
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The request broke the rules of RFC 9112, or a mesh header of a peer is malformed.</summary>
    RequestMalformed,

    /// <summary>The body is larger than the listener allows.</summary>
    RequestTooLarge,

    /// <summary>The request line is longer than the listener allows (<c>limits.maxRequestLineSize</c>).</summary>
    RequestLineTooLong,

    /// <summary>The request has more header fields, or larger ones, than the listener allows.</summary>
    RequestFieldsTooLarge,

    /// <summary>The client did not send the whole request in time.</summary>
    RequestTimeout,

    /// <summary>A method that the mesh does not carry (CONNECT).</summary>
    MethodNotAllowed,

    /// <summary>The request asks for what this proxy cannot carry unchanged: a method in other letters than its own, a transfer coding, a protocol to upgrade to.</summary>
    NotImplemented,

    /// <summary>No service of that name.</summary>
    DestinationNotFound,

    /// <summary>The service is known and has no instance at all.</summary>
    NoEndpoint,

    /// <summary>The request has passed more proxies than allowed.</summary>
    LoopDetected,

    /// <summary>Intentions do not allow the caller to make this request.</summary>
    IntentionDenied,

    /// <summary>The intentions could not be read yet, and until then nobody may call anybody.</summary>
    IntentionsUnknown,

    /// <summary>This process carries as much as it may.</summary>
    Overloaded,

    /// <summary>The service has as many requests, connections or waiting requests from this process as its limits allow.</summary>
    LimitReached,

    /// <summary>The circuit breaker of the service is open: it failed too often of late.</summary>
    CircuitOpen,

    /// <summary>Little room is left, and it is kept for what matters more.</summary>
    Shed,

    /// <summary>The instance works on as many requests as it can without becoming slow.</summary>
    ConcurrencyLimited,

    /// <summary>This process is going away and takes nothing new.</summary>
    Draining,

    /// <summary>This process has no configuration yet.</summary>
    NotConfigured,

    /// <summary>The registry leads to an address that this node never dials (<see cref="GatewayMesh.Configuration.Reach.ReachRules"/>).</summary>
    AddressRefused,

    /// <summary>The instance's name could not be resolved.</summary>
    DnsFailed,

    /// <summary>The instance refused the connection, or the way to it is cut (unreachable host or network).</summary>
    ConnectionRefused,

    /// <summary>The instance did not accept the connection in time.</summary>
    ConnectionTimeout,

    /// <summary>The handshake with the instance broke off, or it does not believe our certificate.</summary>
    HandshakeFailed,

    /// <summary>The instance's certificate is not believed, or is not of the service that was meant.</summary>
    PeerNotBelieved,

    /// <summary>The instance has refused the certificate of the caller, or that it showed none (a fatal alert of TLS); nothing of the request was looked at.</summary>
    CertificateRefused,

    /// <summary>There is no valid certificate in whose name to call.</summary>
    NoCertificate,

    /// <summary>The caller's certificate or its root is no longer valid: the connection outlived it.</summary>
    CallerNotBelieved,

    /// <summary>The instance closed or reset the connection before a response began.</summary>
    ConnectionReset,

    /// <summary>The instance broke off in the middle of its response.</summary>
    ResponseIncomplete,

    /// <summary>The instance did not begin its response in the time that the policy gives it.</summary>
    ResponseTimeout,

    /// <summary>The total time of the request, over all attempts and hops, is used up.</summary>
    DeadlineExceeded,

    /// <summary>The instance answered with something that is not HTTP, or not the HTTP that it may be.</summary>
    UpstreamProtocol,

    /// <summary>The client went away before its answer was complete. Never written, only counted.</summary>
    ClientGone,

    /// <summary>A fault of ours.</summary>
    Internal,
}
