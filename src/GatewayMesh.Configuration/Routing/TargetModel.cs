using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Instances that receive requests: of a service, or of a subset, in one datacenter.</summary>
/// <param name="Id"><c>[SUBSET.]SERVICE.default.DATACENTER</c>, as Consul writes it.</param>
/// <param name="Service">Name of the service: the name required in the peer's certificate, and the service whose policy and intentions
/// apply.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Name of the datacenter.</param>
public sealed record TargetModel(string Id, string Service, string Subset, string Datacenter)
{
    /// <summary>Filter of the subset in Consul's filter language; empty for all instances.</summary>
    public string Filter { get; init; } = "";

    /// <summary>
    /// True if instances with warning checks are unhealthy. Default: false, so that they are healthy in a subset (but not in a whole
    /// service).
    /// </summary>
    public bool OnlyPassing { get; init; }

    /// <summary>
    /// Instances of the target, healthy or not; in a subset, fewer than the service has. Health is evaluated per target: two subsets may
    /// differ.
    /// </summary>
    public ImmutableArray<EndpointModel> Endpoints { get; init; } = [];

    /// <summary>Call policy.</summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>Protocol of the applications: <c>http</c>, <c>http2</c>, or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>True if the registry has instances that this node never dials. Default: false.</summary>
    public bool HasRefused { get; init; }

    /// <summary>True if the instances are not watched now, but the registry would answer a query. Default: false.</summary>
    public bool IsDormant { get; init; }

    /// <summary>The id of a target.</summary>
    public static string IdOf(string service, string subset, string datacenter) =>
        subset.Length > 0 ? $"{subset}.{service}.default.{datacenter}" : $"{service}.default.{datacenter}";
}
