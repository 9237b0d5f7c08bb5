namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>The answer of a credential plugin.</summary>
internal sealed record ExecCredential
{
    /// <summary>Version of the protocol.</summary>
    public string? ApiVersion { get; init; }

    /// <summary><c>ExecCredential</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>The credential; null: none.</summary>
    public ExecCredentialStatus? Status { get; init; }
}
