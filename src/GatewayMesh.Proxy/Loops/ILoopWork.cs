namespace GatewayMesh.Proxy.Loops;

/// <summary>Something that a loop continues at its next turn.</summary>
internal interface ILoopWork
{
    /// <summary>Continues on the loop. Must not throw.</summary>
    void Resume();
}
