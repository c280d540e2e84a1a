import './remedy.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useState } from 'react';
import type { Remedy, RemedyAnswer } from '#api/contract/remedy.ts';
import { request } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { FramedPicture } from '../shared/framed-picture.tsx';
import { chooseLanguage, useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useNow } from '../shared/use-now.ts';
import { photoForSending } from './shrink-photo.ts';

/** The token goes as a bearer, in no address: neither a server nor what stands between writes it down. */
function asBearer(token: string, body?: RemedyAnswer): RequestInit {
  const authorization = `Bearer ${token}`;
  if (!body) return { headers: { authorization } };
  return {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

function useToken(): string {
  const [token, setToken] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const read = () => setToken(location.hash.slice(1));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return token;
}

/** What a kitchen sees by its link, on a telephone and without an account: what is wrong, until when, and one answer. */
export function RemedyPage() {
  const { say, language } = useText();
  const token = useToken();
  // In a bright kitchen, by somebody who never chose a theme.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = 'light';
  }, []);
  const remedy = useQuery({
    queryKey: ['remedy', token],
    enabled: token !== '',
    queryFn: async ({ signal }) => {
      const response = await request('/api/remedy', { ...asBearer(token), signal });
      return (await response.json()) as Remedy;
    },
  });
  return (
    <main className="remedy">
      <header className="remedy-head">
        <h1>{say('answer.title')}</h1>
        <button
          type="button"
          className="button quiet"
          onClick={() => void chooseLanguage(language === 'en' ? 'zh-CN' : 'en')}
        >
          {language === 'en' ? '中文' : 'English'}
        </button>
      </header>
      {token === '' && (
        <div className="notice warn">
          <Icon name="info" size={18} />
          <span>{say('answer.noLink')}</span>
        </div>
      )}
      {remedy.isError && <ErrorNotice error={remedy.error} />}
      {remedy.data && <Asked key={token} token={token} asked={remedy.data} />}
    </main>
  );
}

function Asked({ token, asked }: { token: string; asked: Remedy }) {
  const { say, pick } = useText();
  const now = useNow(30_000);
  const [received, setReceived] = useState(asked.receivedAt);
  const isOver = asked.deadline !== undefined && new Date(asked.deadline).getTime() < now;
  return (
    <>
      <section className="remedy-about">
        <h2>{pick({ zh: asked.itemZh, en: asked.itemEn })}</h2>
        <p>{asked.kitchenName}</p>
        {asked.hasPicture && <Picture token={token} asked={asked} />}
        <dl>
          <dt>{say('answer.since')}</dt>
          <dd>{formatTime(asked.since)}</dd>
          {asked.deadline !== undefined && (
            <>
              <dt>{say('answer.deadline')}</dt>
              <dd>
                <strong>{formatTime(asked.deadline)}</strong>
                {isOver && !received && <div className="remedy-over">{say('answer.over')}</div>}
              </dd>
            </>
          )}
          {asked.note !== undefined && (
            <>
              <dt>{say('answer.asked')}</dt>
              <dd className="remedy-note">{asked.note}</dd>
            </>
          )}
        </dl>
      </section>
      {received ? (
        <section className="remedy-received" data-testid="answer-received" role="status">
          <Icon name="check" size={28} />
          <div>
            <h2>{say('answer.received')}</h2>
            <p className="muted">{say('answer.receivedAt', { time: formatTime(received) })}</p>
          </div>
        </section>
      ) : (
        <AnswerForm token={token} asked={asked} onReceived={setReceived} />
      )}
    </>
  );
}

/** Fetched with the token, which an address in the page must not hold. */
function Picture({ token, asked }: { token: string; asked: Remedy }) {
  const { say } = useText();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    let made: string | undefined;
    void request('/api/remedy/picture', { ...asBearer(token), signal: abort.signal })
      .then((response) => response.blob())
      .then((blob) => {
        if (abort.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      })
      // The words say what is wrong; the picture may be past its time.
      .catch(() => undefined);
    return () => {
      abort.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [token]);
  return (
    <div className="remedy-picture">
      {url !== undefined && (
        <FramedPicture url={url} box={asked.box} alt={say('answer.picture')} tone="bad" testId="answer-picture" />
      )}
    </div>
  );
}

function AnswerForm(props: { token: string; asked: Remedy; onReceived: (receivedAt: string | undefined) => void }) {
  const { say } = useText();
  const { token, asked } = props;
  const [text, setText] = useState('');
  const [photo, setPhoto] = useState<{ readonly base64: string; readonly shown: string }>();
  const [isTooLarge, setTooLarge] = useState(false);
  /** A photo was chosen and is being made smaller: an answer sent now would go without it. */
  const [isPreparing, setPreparing] = useState(false);
  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setPreparing(true);
    const base64 = await photoForSending(file).finally(() => setPreparing(false));
    setTooLarge(base64 === undefined);
    if (photo) URL.revokeObjectURL(photo.shown);
    setPhoto(base64 === undefined ? undefined : { base64, shown: URL.createObjectURL(file) });
  };
  const send = useMutation({
    mutationFn: async () => {
      const body = { text: text.trim(), ...(photo ? { photo: photo.base64 } : {}) };
      const response = await request('/api/remedy/answer', asBearer(token, body));
      return (await response.json()) as Remedy;
    },
    onSuccess: ({ receivedAt }) => props.onReceived(receivedAt),
  });
  return (
    <form
      className="remedy-answer"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <label className="field">
        {say('answer.text')}
        <textarea
          className="input"
          data-testid="answer-text"
          placeholder={say('answer.textHint')}
          maxLength={1000}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label className="button remedy-photo">
        <Icon name="cameras" size={20} />
        {say(isPreparing ? 'answer.photoPreparing' : photo ? 'answer.photoChange' : 'answer.photo')}
        <input
          type="file"
          accept="image/*"
          data-testid="answer-photo"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
      </label>
      {photo && <img className="remedy-shown" src={photo.shown} alt="" />}
      {isTooLarge && <div className="remedy-over">{say('answer.photoLarge')}</div>}
      <p className="notice">
        <Icon name="shield" size={18} />
        <span>{say('answer.noPersons')}</span>
      </p>
      {send.isError && <ErrorNotice error={send.error} />}
      <button
        type="submit"
        className="button primary"
        data-testid="answer-send"
        disabled={send.isPending || isPreparing || text.trim() === ''}
      >
        {say(send.isPending ? 'answer.sending' : 'answer.send')}
      </button>
      <p className="muted small">
        {say('answer.once')} {say('answer.validUntil', { time: formatTime(asked.expiresAt) })}
      </p>
    </form>
  );
}
