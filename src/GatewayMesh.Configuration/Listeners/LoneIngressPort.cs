using System.Globalization;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>An ingress port declared in only one of its two halves.</summary>
/// <param name="Ingress">Name of the ingress and of its entry.</param>
/// <param name="Port">Port number.</param>
/// <param name="Reason">Half that lacks the port.</param>
public sealed record LoneIngressPort(string Ingress, int Port, LoneIngressPortReason Reason)
{
    /// <summary>The fix, in one sentence.</summary>
    public string Fix => Reason == LoneIngressPortReason.NoEntry
        ? $"add a listener with port {Number} to the ingress-gateway entry {Ingress}, or remove it from ingress.listeners"
        : $"add {{ port: {Number} }} to ingress.listeners of the bootstrap file, or remove it from the ingress-gateway entry {Ingress}";

    private string Number => Port.ToString(CultureInfo.InvariantCulture);
}
