using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Streams;

/// <summary>OpenSSL's state of one connection (<c>SSL</c>). Freed once; by the finalizer if its stream was forgotten.</summary>
internal sealed class TlsHandle : SafeHandle
{
    /// <summary>Takes ownership of <paramref name="ssl"/>.</summary>
    public TlsHandle(nint ssl)
        : base(0, ownsHandle: true)
    {
        SetHandle(ssl);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.Free(handle);
        return true;
    }
}
