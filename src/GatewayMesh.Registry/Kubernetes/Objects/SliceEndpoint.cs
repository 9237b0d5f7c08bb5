namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>An endpoint of an EndpointSlice, mostly a pod.</summary>
public sealed record SliceEndpoint
{
    /// <summary>Addresses that lead to the same endpoint; the first is used.</summary>
    public IReadOnlyList<string> Addresses { get; init => field = value ?? []; } = [];

    /// <summary>Conditions.</summary>
    public EndpointConditions Conditions { get; init => field = value ?? new EndpointConditions(); } = new();

    /// <summary>Host name of a pod of a StatefulSet, such as <c>db-0</c>. Default: empty.</summary>
    public string Hostname { get; init => field = value ?? ""; } = "";

    /// <summary>The pod. Default: null, for an endpoint that was written by hand.</summary>
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Node of the endpoint. Default: empty.</summary>
    public string NodeName { get; init => field = value ?? ""; } = "";

    /// <summary>Zone of the endpoint. Default: empty.</summary>
    public string Zone { get; init => field = value ?? ""; } = "";

    /// <summary>Callers for which the endpoint is meant.</summary>
    public EndpointHints Hints { get; init => field = value ?? new EndpointHints(); } = new();
}
