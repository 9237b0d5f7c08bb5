namespace GatewayMesh.Configuration.Listeners;

/// <summary>Half of an ingress that lacks a port.</summary>
public enum LoneIngressPortReason
{
    /// <summary>The ingress listens, but no entry declares hosts: every request is answered 404.</summary>
    NoEntry,

    /// <summary>The entry declares hosts, but no listener exists.</summary>
    NoListener,
}
