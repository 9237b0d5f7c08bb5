using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>Requested and returned events of a descriptor: <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry : IEquatable<PollEntry>
{
    /// <summary>The descriptor; a negative one is ignored.</summary>
    public int Descriptor { get; set; }

    /// <summary>Requested events.</summary>
    public short Wanted { get; set; }

    /// <summary>Returned events; errors and hang-ups are always reported.</summary>
    public short Ready { get; set; }

    /// <inheritdoc/>
    public readonly bool Equals(PollEntry other) => (Descriptor, Wanted, Ready) == (other.Descriptor, other.Wanted, other.Ready);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is PollEntry other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Descriptor, Wanted, Ready);

    /// <summary>Equal in all parts.</summary>
    public static bool operator ==(PollEntry left, PollEntry right) => left.Equals(right);

    /// <summary>Different in some part.</summary>
    public static bool operator !=(PollEntry left, PollEntry right) => !left.Equals(right);
}
