namespace GatewayMesh.Configuration.Listeners;

/// <summary>Which half of an ingress lacks a port.</summary>
public enum LoneIngressPortReason
{
    /// <summary>It listens, but no entry says what it shows: every request is answered 404.</summary>
    NoEntry,

    /// <summary>The entry has routes for it, but nothing listens.</summary>
    NoListener,
}
