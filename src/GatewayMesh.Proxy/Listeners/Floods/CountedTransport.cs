using System.IO.Pipelines;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Pipes of an HTTP/2 connection whose frames are counted:
/// <code>
/// transport ─► CountedInput (frames received) ─► HTTP/2 server ─► CountedOutput (frames sent; the code of GOAWAY when the budget is spent)
/// ─► transport
/// </code>
/// </summary>
internal sealed class CountedTransport(IDuplexPipe transport, FrameBudget budget, Action spent) : IDuplexPipe
{
    private const long MaxDiscarded = 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public PipeReader Input { get; } = new CountedInput(transport.Input, budget, spent);

    /// <inheritdoc/>
    public PipeWriter Output { get; } = new CountedOutput(transport.Output, budget);

    /// <summary>
    /// Discards further input from the client for a moment before the connection is closed: unread bytes would turn the close into a reset,
    /// which could overtake the GOAWAY.
    /// </summary>
    public async Task LingerAsync(TimeProvider time)
    {
        using var patience = new CancellationTokenSource(Longest, time);
        try
        {
            for (long discarded = 0; discarded < MaxDiscarded;)
            {
                var read = await transport.Input.ReadAsync(patience.Token).ConfigureAwait(false);
                discarded += read.Buffer.Length;
                transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    break;
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client is gone or still flooding: close the connection in either case.
        }

        await transport.Output.CompleteAsync().ConfigureAwait(false);
        await transport.Input.CompleteAsync().ConfigureAwait(false);
    }
}
