import streamlit as st

st.header("two")
