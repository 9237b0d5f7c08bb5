using System.Runtime.InteropServices;

namespace GatewayMesh.Terminal.Commands;

/// <summary>Ctrl-C and SIGTERM as a cancellation token, so that a command can undo its work.</summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Redirects both signals to <see cref="Token"/>.</summary>
    public Interruption()
    {
        _signals = [
            .. new[]
            {
                PosixSignal.SIGINT,
                PosixSignal.SIGTERM,
                PosixSignal.SIGHUP,
            }.Select(signal => PosixSignalRegistration.Create(signal, Cancel))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
