using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>A system call failed.</summary>
public sealed class LinuxException : IOException
{
    internal LinuxException(string call, int errno)
        : base($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Errno = errno;
    }

    /// <summary>Error number of the call (<c>errno(3)</c>).</summary>
    public int Errno { get; }

    internal static LinuxException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
