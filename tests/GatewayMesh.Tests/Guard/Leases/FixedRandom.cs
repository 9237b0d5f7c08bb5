namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>No jitter: always the same share of it.</summary>
internal sealed class FixedRandom(double share) : Random(0)
{
    public override double NextDouble() => share;
}
