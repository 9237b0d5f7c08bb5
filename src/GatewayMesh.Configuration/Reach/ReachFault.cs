namespace GatewayMesh.Configuration.Reach;

/// <summary>Reason why an address that registry data names is never dialed.</summary>
public enum ReachFault
{
    /// <summary>None: the address may be dialed.</summary>
    None,

    /// <summary>A loopback address (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).</summary>
    Loopback,

    /// <summary>A link-local address, cloud metadata services included (RFC 3927, RFC 4291 §2.5.6).</summary>
    LinkLocal,

    /// <summary>An address of "this host" (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2), which Linux connects to the host itself.</summary>
    Unspecified,

    /// <summary>A multicast or broadcast address (RFC 5771, RFC 4291 §2.7, RFC 919).</summary>
    Multicast,

    /// <summary>A listener of this process other than an inbound one: the request would loop.</summary>
    OwnListener,

    /// <summary>The admin address of this node.</summary>
    AdminAddress,

    /// <summary>An agent of this node's registry.</summary>
    RegistryAgent,
}
