using System.Text.Json;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Control;

/// <summary>Whole messages with descriptors, between a guard and one worker.</summary>
internal sealed class ControlChannel(PacketChannel packets) : IDisposable
{
    private readonly byte[] _buffer = new byte[PacketChannel.MaxMessage];

    /// <summary>What to poll for, and what to keep over exec.</summary>
    internal Descriptor Packets => packets;

    /// <summary>Sends; never blocks.</summary>
    /// <returns>False when the other side is gone or does not read.</returns>
    internal bool Send(ControlMessage message, ReadOnlySpan<int> descriptors = default)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, ControlJson.Default.ControlMessage);
        return bytes.Length <= PacketChannel.MaxMessage && packets.TrySend(bytes, descriptors);
    }

    /// <summary>Takes the next message; never blocks.</summary>
    /// <param name="message">The message, or null when none waits.</param>
    /// <param name="descriptors">What came with it.</param>
    /// <returns>False when the other side is gone.</returns>
    internal bool TryReceive(out ControlMessage? message, out List<Descriptor> descriptors)
    {
        message = null;
        descriptors = [];
        try
        {
            var length = packets.Receive(_buffer, descriptors);
            if (length < 0)
            {
                return true;
            }

            if (length > 0)
            {
                message = JsonSerializer.Deserialize(_buffer.AsSpan(0, length), ControlJson.Default.ControlMessage);
                return true;
            }
        }
        catch (Exception failure) when (failure is LinuxException or JsonException)
        {
            descriptors.ForEach(descriptor => descriptor.Dispose());
        }

        return false;
    }

    /// <summary>Takes the next message, waiting for it.</summary>
    /// <returns>Null when it did not come in time or the other side is gone.</returns>
    internal ControlMessage? Receive(TimeSpan timeout, out List<Descriptor> descriptors)
    {
        var wait = new PollSet();
        wait.Add(packets.Number);
        wait.Wait(timeout);
        TryReceive(out var message, out descriptors);
        return message;
    }

    public void Dispose() => packets.Dispose();
}
