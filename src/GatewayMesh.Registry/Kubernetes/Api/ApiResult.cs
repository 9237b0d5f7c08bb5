using System.Diagnostics.CodeAnalysis;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>The object that a request returned, or the error.</summary>
public readonly struct ApiResult<T>
    where T : class
{
    /// <summary>Creates the result of a request that succeeded.</summary>
    public ApiResult(T value) => Value = value;

    /// <summary>Creates the result of a request that failed.</summary>
    public ApiResult(ApiError error) => Error = error;

    /// <summary>The object; null after an error.</summary>
    public T? Value { get; }

    /// <summary>The error; null after success.</summary>
    public ApiError? Error { get; }

    /// <summary>True if the request succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Value is not null;
}
