namespace GatewayMesh.Client.Connections;

/// <summary>Opens connections for plain HTTP.</summary>
internal interface IDialer
{
    /// <summary>Opens a new connection.</summary>
    /// <param name="patient">True in the second round, after timeouts in the first.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <exception cref="DialException">No connection; the exception has the reason.</exception>
    ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation);
}
