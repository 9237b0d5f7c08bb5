namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Constant jitter for tests.</summary>
internal sealed class FixedRandom(double share) : Random(0)
{
    public override double NextDouble() => share;
}
