using System.Text.Json;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Control;

/// <summary>Message channel between a guard and a worker. A message arrives whole, with its descriptors.</summary>
internal sealed class ControlChannel(PacketChannel packets) : IDisposable
{
    private readonly byte[] _buffer = new byte[PacketChannel.MaxMessage];

    /// <summary>The descriptor: to poll, and to keep across exec.</summary>
    internal Descriptor Packets => packets;

    /// <summary>Sends a message. Never blocks.</summary>
    /// <returns>False when the peer is gone or does not read.</returns>
    internal bool Send(ControlMessage message, ReadOnlySpan<int> descriptors = default)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, ControlJson.Default.ControlMessage);
        return bytes.Length <= PacketChannel.MaxMessage && packets.TrySend(bytes, descriptors);
    }

    /// <summary>Receives the next message. Never blocks.</summary>
    /// <param name="message">The message, or null when none is pending.</param>
    /// <param name="descriptors">The descriptors of the message.</param>
    /// <returns>False when the peer is gone.</returns>
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

    /// <summary>Waits for the next message.</summary>
    /// <returns>Null on timeout or when the peer is gone.</returns>
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
