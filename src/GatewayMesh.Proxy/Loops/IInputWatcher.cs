namespace GatewayMesh.Proxy.Loops;

/// <summary>Observer of an idle connection, from which nothing is expected.</summary>
internal interface IInputWatcher
{
    /// <summary>
    /// Data, an end, or an error has arrived while no read was pending. Called on the loop, possibly more than once.
    /// Must not throw; may close the connection.
    /// </summary>
    void OnInput();
}
