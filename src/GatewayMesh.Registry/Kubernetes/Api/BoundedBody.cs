namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Reads whole bodies up to a limit.</summary>
internal static class BoundedBody
{
    /// <summary>Largest body of an answer: 256 MiB, decompressed. A list from the cache of a server has no pages.</summary>
    public const int Most = 256 * 1024 * 1024;

    /// <summary>Largest body of an error that is read: 256 KiB. The rest is not read.</summary>
    public const int MostOfError = 256 * 1024;

    /// <summary>The whole body; with <paramref name="isCut"/>, at most its first <paramref name="most"/> bytes.</summary>
    /// <exception cref="InvalidDataException">The body is larger than <paramref name="most"/> and must not be cut.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, int most, bool isCut, CancellationToken cancellation)
    {
        var kept = new byte[8 * 1024];
        var length = 0;
        while (await stream.ReadAsync(kept.AsMemory(length), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            if (length > most)
            {
                return isCut ? kept.AsMemory(0, most) : throw new InvalidDataException($"the answer is larger than {most / (1024 * 1024)} MiB");
            }

            if (length == kept.Length)
            {
                Array.Resize(ref kept, Math.Min(2 * kept.Length, most + 1));
            }
        }

        return kept.AsMemory(0, length);
    }
}
