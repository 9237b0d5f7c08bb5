namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>A share as a fraction.</summary>
public sealed record MirrorFraction
{
    /// <summary>Numerator. Default: 0.</summary>
    public int Numerator { get; init; }

    /// <summary>Denominator; null for 100.</summary>
    public int? Denominator { get; init; }
}
