using System.Diagnostics;

namespace GatewayMesh.Fixtures;

/// <summary>Polls a condition. The deadline ends only a failed test.</summary>
public static class Eventually
{
    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for <paramref name="condition"/>.</summary>
    /// <param name="what">The expected event as a sentence, for the message of a failure.</param>
    /// <param name="condition">True once the event has happened.</param>
    /// <param name="state">Details for the message of a failure.</param>
    /// <exception cref="TimeoutException">The event did not happen within <see cref="Deadline"/>.</exception>
    public static async Task Until(string what, Func<Task<bool>> condition, Func<Task<string>>? state = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Deadline)
            {
                throw new TimeoutException(
                    $"did not happen within {Deadline.TotalSeconds} s: {what}" + (state is null ? "" : "\n" + await state()));
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="Until(string, Func{Task{bool}}, Func{Task{string}}?)"/>
    public static Task Until(string what, Func<bool> condition, Func<Task<string>>? state = null) =>
        Until(what, () => Task.FromResult(condition()), state);
}
