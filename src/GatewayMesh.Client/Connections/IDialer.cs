namespace GatewayMesh.Client.Connections;

/// <summary>Makes a connection on which plain HTTP is spoken.</summary>
internal interface IDialer
{
    /// <summary>A new connection.</summary>
    /// <param name="patient">True in the second round, when nobody answered in time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DialException">There is none; it says why.</exception>
    ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation);
}
