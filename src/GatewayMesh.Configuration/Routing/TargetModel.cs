using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Instances that requests can be sent to: of a service, or of a subset of it, in one datacenter.</summary>
/// <param name="Id"><c>[SUBSET.]SERVICE.default.DATACENTER</c>, as Consul writes it.</param>
/// <param name="Service">Name of the service: whom the peer's certificate must name, and whose policy and intentions hold.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Where.</param>
public sealed record TargetModel(string Id, string Service, string Subset, string Datacenter)
{
    /// <summary>Which instances the subset has, as an expression of Consul's filter language; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Whether instances whose checks warn are unfit too. Default: false, so that in a subset (not in a whole service) they are healthy.</summary>
    public bool OnlyPassing { get; init; }

    /// <summary>Its instances, healthy or not; fewer than the service has where a subset is meant. Whether one is healthy is said here: two subsets may differ on it.</summary>
    public ImmutableArray<EndpointModel> Endpoints { get; init; } = [];

    /// <summary>How calls to it are made.</summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>Protocol of its applications: <c>http</c>, <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>The registry has instances of it that this node never dials. Default: false.</summary>
    public bool HasRefused { get; init; }

    /// <summary>The registry does not look at its instances now and would answer whoever asks. Default: false.</summary>
    public bool IsDormant { get; init; }

    /// <summary>The id of a target.</summary>
    public static string IdOf(string service, string subset, string datacenter) =>
        subset.Length > 0 ? $"{subset}.{service}.default.{datacenter}" : $"{service}.default.{datacenter}";
}
