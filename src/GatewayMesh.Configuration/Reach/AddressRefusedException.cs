using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Reach;

/// <summary>Registry data leads to an address that this node never dials. Nothing was sent, and no connection was made.</summary>
public sealed class AddressRefusedException(HostPort address, string resolved, ReachFault fault)
    : IOException(resolved.Length == 0 ? $"{address} {fault.Sentence()}; {fault.Fix()}" : $"{address} resolves to {resolved}, which {fault.Sentence()}; {fault.Fix()}")
{
    /// <summary>Why.</summary>
    public ReachFault Fault { get; } = fault;
}
