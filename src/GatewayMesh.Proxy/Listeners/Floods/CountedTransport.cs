using System.IO.Pipelines;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// The pipes of a connection of HTTP/2 with its frames counted:
/// <code>
/// transport ─► CountedInput (frames received) ─► server of HTTP/2 ─► CountedOutput (frames sent; the code of GOAWAY when the budget is used up) ─► transport
/// </code>
/// </summary>
internal sealed class CountedTransport(IDuplexPipe transport, FrameBudget budget, Action spent) : IDuplexPipe
{
    private const long MostDiscarded = 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public PipeReader Input { get; } = new CountedInput(transport.Input, budget, spent);

    /// <inheritdoc/>
    public PipeWriter Output { get; } = new CountedOutput(transport.Output, budget);

    /// <summary>
    /// Discards what the client still sends, for a moment, before the connection is closed: unread bytes would make the close a reset, which could overtake
    /// the GOAWAY.
    /// </summary>
    public async Task LingerAsync(TimeProvider time)
    {
        using var patience = new CancellationTokenSource(Longest, time);
        try
        {
            for (long discarded = 0; discarded < MostDiscarded;)
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
            // The client is gone, or still floods: the connection is closed all the same.
        }

        await transport.Output.CompleteAsync().ConfigureAwait(false);
        await transport.Input.CompleteAsync().ConfigureAwait(false);
    }
}
