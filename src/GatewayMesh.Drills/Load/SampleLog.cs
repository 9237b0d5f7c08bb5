namespace GatewayMesh.Drills.Load;

/// <summary>Keeps every sample of a load, to be read after its end.</summary>
internal sealed class SampleLog(int capacity) : ISampleSink
{
    private readonly List<Sample> _samples = new(capacity);

    /// <summary>The samples, in the order in which they ended.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    /// <inheritdoc/>
    public void Add(in Sample sample) => _samples.Add(sample);
}
