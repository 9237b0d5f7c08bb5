namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What an ingress does with a path that can be written in more than one way, so that a rule about one way could be got round by another.</summary>
public enum PathSpelling
{
    /// <summary>Writes it in the one normal way (RFC 3986 §6.2.2, and <c>//</c> as <c>/</c>); what has none (<c>%2f</c>, <c>%5c</c>, <c>%00</c>) is 400. The default.</summary>
    Normalize,

    /// <summary>Every path that is not written in the normal way is 400.</summary>
    Reject,

    /// <summary>Passes it on as it came. Rules about paths can then be got round where the application reads it otherwise than the mesh.</summary>
    Off,
}
