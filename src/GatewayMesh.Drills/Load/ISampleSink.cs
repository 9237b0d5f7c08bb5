namespace GatewayMesh.Drills.Load;

/// <summary>Receives requests as they end, on the load's own thread.</summary>
internal interface ISampleSink
{
    /// <summary>Records a completed request.</summary>
    void Add(in Sample sample);
}
