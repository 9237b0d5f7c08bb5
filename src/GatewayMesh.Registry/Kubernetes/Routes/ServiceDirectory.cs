using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Services by namespace and name.</summary>
internal sealed class ServiceDirectory(IEnumerable<MeshService> services)
{
    private readonly Dictionary<ObjectKey, MeshService> _services =
        services.ToDictionary(service => new ObjectKey(service.Namespace, service.Name));

    /// <summary>Returns a Service; null if there is none.</summary>
    public MeshService? Find(string space, string name) => _services.GetValueOrDefault(new ObjectKey(space, name));

    /// <summary>True if group and kind of a reference mean a Service. The server also takes the group <c>core</c>.</summary>
    public static bool IsService(string group, string kind) => group is "" or "core" && kind == "Service";
}
