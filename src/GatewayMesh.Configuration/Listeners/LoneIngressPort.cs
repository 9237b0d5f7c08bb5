using System.Globalization;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>A port of an ingress that stands in only one of its two halves.</summary>
/// <param name="Ingress">Name of the ingress and of its entry.</param>
/// <param name="Port">The port.</param>
/// <param name="Reason">Which half lacks it.</param>
public sealed record LoneIngressPort(string Ingress, int Port, LoneIngressPortReason Reason)
{
    /// <summary>What to do about it, in one sentence.</summary>
    public string Fix => Reason == LoneIngressPortReason.NoEntry
        ? $"add a listener with port {Number} to the ingress-gateway entry {Ingress}, or remove it from ingress.listeners"
        : $"add {{ port: {Number} }} to ingress.listeners of the bootstrap file, or remove it from the ingress-gateway entry {Ingress}";

    private string Number => Port.ToString(CultureInfo.InvariantCulture);
}
