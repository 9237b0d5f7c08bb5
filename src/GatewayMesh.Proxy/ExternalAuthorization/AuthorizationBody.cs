using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>
/// The body of a request that an authorization service reads. The buffer grows as the body arrives, so that a client takes no more memory
/// than it sends. No permit is held meanwhile: a slow client delays no other.
/// </summary>
/// <param name="gate">Bounds the bytes of all such bodies.</param>
/// <param name="limit">Longest body in bytes.</param>
internal sealed class AuthorizationBody(AuthorizationGate gate, int limit) : IDisposable
{
    /// <summary>Longest time for a body: 30 s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int FirstBytes = 4096;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>The content, once <see cref="ReadAsync"/> has returned no error.</summary>
    public ArraySegment<byte> Content => new(_bytes, 0, _length);

    /// <summary>Reads the whole body. Returns the error of the request, or none. Does not throw.</summary>
    /// <param name="body">Body from the client.</param>
    /// <param name="time">The clock.</param>
    public async Task<MeshError> ReadAsync(Stream body, TimeProvider time)
    {
        try
        {
            using var late = new CancellationTokenSource(Patience, time);
            while (true)
            {
                if (_length == _bytes.Length && !TryGrow())
                {
                    return new MeshError(
                        MeshErrorKind.ExternalAuthorizationUnavailable, Forwarded: false, "too many bodies wait for the authorization");
                }

                var count = await body.ReadAsync(_bytes.AsMemory(_length), late.Token).ConfigureAwait(false);
                _length += count;
                if (_length > limit)
                {
                    return new MeshError(MeshErrorKind.RequestTooLarge, Forwarded: false, "longer than the authorization service reads");
                }

                if (count == 0)
                {
                    return MeshError.None;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new MeshError(MeshErrorKind.RequestTimeout, Forwarded: false);
        }
        catch (BodyFaultException fault)
        {
            return new MeshError(fault.Kind, Forwarded: false, fault.Kind == MeshErrorKind.ClientGone ? null : fault.Message);
        }
        catch (IOException fault)
        {
            return new MeshError(ForwardingErrors.KindOfBody(fault) ?? MeshErrorKind.ClientGone, Forwarded: false);
        }
    }

    /// <summary>Returns the room of the body.</summary>
    public void Dispose() => gate.ReturnRoom(_bytes.Length);

    private bool TryGrow()
    {
        var length = Math.Min(Math.Max(FirstBytes, 2 * _bytes.Length), limit + 1);
        if (!gate.TryTakeRoom(length - _bytes.Length))
        {
            return false;
        }

        Array.Resize(ref _bytes, length);
        return true;
    }
}
