namespace GatewayMesh.Commands.Drill.Load;

/// <summary>Takes requests as they end, on the load's own thread.</summary>
internal interface ISampleSink
{
    /// <summary>One request ended.</summary>
    void Add(in Sample sample);
}
