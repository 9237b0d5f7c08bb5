namespace GatewayMesh.Fixtures;

/// <summary>A sink that blocks each write until the test releases it.</summary>
public sealed class StuckStream : MemoryStream
{
    /// <summary>Set by the first write.</summary>
    public ManualResetEventSlim Entered { get; } = new();

    /// <summary>Set by the test to let writes pass.</summary>
    public ManualResetEventSlim Release { get; } = new();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Entered.Set();
        Release.Wait();
    }
}
