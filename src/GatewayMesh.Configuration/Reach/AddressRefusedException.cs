using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Reach;

/// <summary>Registry data names an address that this node never dials. No connection was made and nothing was sent.</summary>
public sealed class AddressRefusedException(HostPort address, string resolved, ReachFault fault)
    : IOException(
        resolved.Length == 0
            ? $"{address} {fault.Sentence()}; {fault.Fix()}"
            : $"{address} resolves to {resolved}, which {fault.Sentence()}; {fault.Fix()}")
{
    /// <summary>Reason of the refusal.</summary>
    public ReachFault Fault { get; } = fault;
}
