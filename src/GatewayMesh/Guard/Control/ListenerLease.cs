using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Guard.Control;

/// <summary>Form of a <see cref="ListenerSpec"/> on the control channel.</summary>
internal sealed record ListenerLease(
    string Name, ListenerKind Kind, string Address, string? Service, string? Upstream, HostPort? Application, string? Protocol = null)
{
    internal static ListenerLease From(ListenerSpec spec) =>
        new(spec.Name, spec.Kind, spec.Address.ToString(), spec.Service, spec.Upstream, spec.Application, spec.Protocol);

    internal ListenerSpec ToSpec() =>
        // a guard of an earlier version sends none
        new(Name, Kind, IPEndPoint.Parse(Address))
        {
            Service = Service,
            Upstream = Upstream,
            Application = Application,
            Protocol = Protocol ?? "http",
        };
}
