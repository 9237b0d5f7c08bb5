namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>One cause of an error.</summary>
public sealed record StatusCause
{
    /// <summary>Reason in one word, such as <c>FieldValueInvalid</c>.</summary>
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Description for people.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Path of the field, such as <c>spec.ports[0].port</c>. Default: empty.</summary>
    public string Field { get; init => field = value ?? ""; } = "";
}
