using GatewayMesh.Configuration.Filters;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Applies a subset's filter where the registry does not.</summary>
internal static class InstanceFilter
{
    /// <summary>
    /// Returns the <paramref name="instances"/> that match <paramref name="filter"/>; none when the filter is invalid here.
    /// </summary>
    public static IEnumerable<KnownInstance> Members(
        string service, string datacenter, string filter, IEnumerable<KnownInstance> instances) =>
        FilterExpression.TryParse(filter, out var expression, out _)
            ? instances.Where(instance => expression.Takes(Subject(service, datacenter, instance)))
            : [];

    private static FilterSubject Subject(string service, string datacenter, KnownInstance instance) => new()
    {
        Id = instance.Endpoint.Id,
        Service = service,
        Address = instance.Endpoint.Address.Host,
        Port = instance.Endpoint.Address.Port,
        Tags = instance.Tags,
        Meta = instance.Endpoint.Meta,
        Node = instance.Endpoint.Node,
        NodeAddress = instance.Endpoint.Address.Host,
        Datacenter = datacenter,
    };
}
