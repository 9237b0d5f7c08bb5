namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>The frontend of a Service, as far as the mesh reads it.</summary>
public sealed record ServiceSpec
{
    /// <summary>Value of <see cref="ClusterIP"/> for a Service without a virtual address.</summary>
    public const string Headless = "None";

    /// <summary>Value of <see cref="Type"/> for an alias of a DNS name.</summary>
    public const string External = "ExternalName";

    /// <summary><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c>, or <c>ExternalName</c>. Default: empty, <c>ClusterIP</c>.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Virtual address; <c>None</c> for a headless Service. Default: empty, for an alias.</summary>
    public string ClusterIP { get; init => field = value ?? ""; } = "";

    /// <summary>Virtual addresses of all families; <c>None</c> for a headless Service. Default: none.</summary>
    public IReadOnlyList<string> ClusterIPs { get; init => field = value ?? []; } = [];

    /// <summary>DNS name for which an alias stands. Default: empty.</summary>
    public string ExternalName { get; init => field = value ?? ""; } = "";

    /// <summary>Ports. Default: none.</summary>
    public IReadOnlyList<ServicePort> Ports { get; init => field = value ?? []; } = [];
}
