namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Copies of requests for another backend.</summary>
public sealed record MirrorFilter
{
    /// <summary>Backend that gets the copies.</summary>
    public BackendRef BackendRef { get; init => field = value ?? new(); } = new();

    /// <summary>Share in percent; null for all requests, or those of <see cref="Fraction"/>.</summary>
    public int? Percent { get; init; }

    /// <summary>Share as a fraction; null for all requests, or those of <see cref="Percent"/>.</summary>
    public MirrorFraction? Fraction { get; init; }
}
