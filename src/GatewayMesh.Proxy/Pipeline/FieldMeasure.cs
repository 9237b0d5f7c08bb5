using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Counts the lines and bytes of a field section without an enumerator, which the server would allocate per request. Reused.
/// </summary>
internal sealed class FieldMeasure
{
    /// <summary>Bytes of <c>": "</c> and the line end.</summary>
    public const int LineRest = 4;

    private KeyValuePair<string, StringValues>[] _fields = new KeyValuePair<string, StringValues>[32];

    /// <summary>Returns the number of lines in <paramref name="fields"/> and their bytes in HTTP/1.1 form.</summary>
    public (int Lines, long Bytes) Measure(IHeaderDictionary fields)
    {
        var names = fields.Count;
        if (names > _fields.Length)
        {
            _fields = new KeyValuePair<string, StringValues>[Math.Max(names, 2 * _fields.Length)];
        }

        fields.CopyTo(_fields, 0);
        var (lines, bytes) = (0, 0L);
        foreach (ref readonly var field in _fields.AsSpan(0, names))
        {
            var values = field.Value;
            lines += values.Count;
            for (var i = 0; i < values.Count; i++)
            {
                bytes += field.Key.Length + (values[i]?.Length ?? 0) + LineRest;
            }
        }

        _fields.AsSpan(0, names).Clear(); // do not keep clients' data
        return (lines, bytes);
    }
}
