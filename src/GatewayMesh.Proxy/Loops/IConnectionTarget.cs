namespace GatewayMesh.Proxy.Loops;

/// <summary>Receiver of accepted connections.</summary>
internal interface IConnectionTarget
{
    /// <summary>
    /// Asks for room for one more connection, before each accept, under the listeners' gate. Must be fast. False: the loop rests this
    /// listener for 50 ms, or until <see cref="LoopListeners.Retry"/>. True: exactly one call of <see cref="Accepted"/> or
    /// <see cref="NotAccepted"/> follows.
    /// </summary>
    bool TryReserve(LoopListener listener);

    /// <summary>Gives back what <see cref="TryReserve"/> reserved: no connection was waiting, or the connection has already left.</summary>
    void NotAccepted(LoopListener listener);

    /// <summary>Takes an accepted connection, on its loop.</summary>
    void Accepted(LoopListener listener, LoopSocket connection);
}
